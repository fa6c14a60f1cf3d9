/** The only place that imports from echarts: what is not named here is not in the bundle. */
import { LineChart } from 'echarts/charts';
import { DatasetComponent, GridComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([LineChart, DatasetComponent, GridComponent, MarkLineComponent, CanvasRenderer]);

export type Chart = EChartsType;

export function createChart(element: HTMLElement): Chart {
  return init(element, undefined, {
    renderer: 'canvas',
    devicePixelRatio: Math.min(window.devicePixelRatio, 2),
  });
}
