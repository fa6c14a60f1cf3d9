/** The scrape config of what a cluster's annotations ask for. */
import type { GlobalConfig, ScrapeConfig } from '../../../config/types.ts';
import { readScrapeDocuments } from '../../operator/read-scrape-documents.ts';

/** Named `<cluster>/annotations`; targets bring the label `job`. */
export function annotationJob(cluster: string, global: GlobalConfig): readonly ScrapeConfig[] {
  const document = { place: '', jobName: 'annotations', document: {}, warnings: [] };
  const documents = [{ ...document, isIncomplete: false }];
  const { configs } = readScrapeDocuments(documents, { cluster, global, filesAllowed: false });
  return configs.map((config) => ({ ...config, discovery: [{ kind: 'annotated', cluster }] }));
}
