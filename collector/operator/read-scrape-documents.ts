/** From documents to scrape configs, by way of the reader that reads the configuration file. */
import { Problems } from '../../config/config-errors.ts';
import { readScrapeConfigFile } from '../../config/read-config.ts';
import { JobNames } from '../../config/read-scrape-config.ts';
import type { GlobalConfig, ScrapeConfig } from '../../config/types.ts';
import { fileError, namedFiles } from './named-files.ts';
import { poolName, type ScrapeDocument } from './scrape-document.ts';

export interface ReadDocumentsOptions {
  readonly cluster: string;
  readonly global: GlobalConfig;
  /**
   * Whether files may be named. Whoever may create an object could otherwise have any file of this
   * machine sent to an address of theirs.
   */
  readonly filesAllowed: boolean;
}

export interface ReadDocuments {
  readonly configs: readonly ScrapeConfig[];
  /** Texts to be shown; documents with errors give no config. */
  readonly errors: readonly string[];
}

export function readScrapeDocuments(
  documents: readonly ScrapeDocument[],
  options: ReadDocumentsOptions,
): ReadDocuments {
  const configs: ScrapeConfig[] = [];
  const errors: string[] = [];
  for (const one of documents) {
    const problems = new Problems();
    const written = { job_name: poolName(options.cluster, one.jobName), ...one.document };
    const filesNamed = options.filesAllowed ? [] : namedFiles(one.document);
    const read = readScrapeConfigFile(
      one.jobName,
      // JSON is YAML.
      JSON.stringify({ scrape_configs: [written] }),
      options.global,
      { problems, dir: '/', env: {}, agentMode: false },
      new JobNames(),
    );
    const prefix = one.place === '' ? '' : `${one.place}: `;
    const texts = [...problems.all.map(({ problem }) => problem), ...filesNamed.map(fileError)];
    if (texts.length > 0) errors.push(...texts.map((problem) => `${prefix}${problem}`));
    else configs.push(...read.map((config) => ofCluster(config, options.cluster)));
  }
  return { configs, errors };
}

/** What an object discovers is in its own cluster, unless it names an API server. */
function ofCluster(config: ScrapeConfig, cluster: string): ScrapeConfig {
  return {
    ...config,
    discovery: config.discovery.map((one) =>
      one.kind === 'kubernetes' && one.apiServer === undefined ? { ...one, cluster } : one,
    ),
  };
}
