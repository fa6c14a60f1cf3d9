/** Reads `storage`. */

import { formatByteSize } from './byte-size.ts';
import { quote } from './go-text.ts';
import type { StorageConfig } from './types.ts';
import type { YamlSection } from './yaml-section.ts';

const EXEMPLARS_MAX = 100_000;

export function readStorage(root: YamlSection): StorageConfig {
  const section = root.section('storage', 'config.StorageConfig');
  const tsdb = section?.section('tsdb', 'config.plain');
  const exemplars = section?.section('exemplars', 'config.ExemplarsConfig');
  const config: StorageConfig = {
    outOfOrderTimeWindowMs: tsdb?.durationMs('out_of_order_time_window') ?? 0,
    staleSeriesCompactionThreshold: tsdb?.float('stale_series_compaction_threshold') ?? 0,
    chunkEncodingFloats: readChunkEncoding(tsdb),
    ...readRetention(tsdb),
    exemplarsMax: exemplars?.integer('max_exemplars') ?? EXEMPLARS_MAX,
  };
  exemplars?.finish();
  tsdb?.finish();
  section?.finish();
  return config;
}

function readChunkEncoding(tsdb: YamlSection | undefined): '' | 'xor' | 'xor2' {
  const section = tsdb?.section('chunk_encoding', 'config.ChunkEncodingConfig');
  const found = section?.choice('floats', ['', 'xor', 'xor2'] as const, '', (text) => {
    return `'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2', or the field must be omitted entirely, got ${quote(text)}`;
  });
  section?.finish();
  return found ?? '';
}

function readRetention(
  tsdb: YamlSection | undefined,
): Pick<StorageConfig, 'retentionTimeMs' | 'retentionSizeBytes' | 'retentionPercentage'> {
  const section = tsdb?.section('retention', 'config.plain');
  const config = {
    retentionTimeMs: section?.durationMs('time') ?? 0,
    retentionSizeBytes: section?.sizeBytes('size') ?? 0,
    retentionPercentage: section?.float('percentage') ?? 0,
  };
  if (config.retentionSizeBytes < 0) {
    const got = formatByteSize(config.retentionSizeBytes);
    const text = `'storage.tsdb.retention.size' must be greater than or equal to 0, got ${got}`;
    section?.problem('size', text);
  }
  // Written so that NaN is refused too.
  if (!(config.retentionPercentage >= 0 && config.retentionPercentage <= 100)) {
    section?.problem(
      'percentage',
      `'storage.tsdb.retention.percentage' must be in the range [0, 100], got ${config.retentionPercentage}`,
    );
  }
  section?.finish();
  return config;
}
