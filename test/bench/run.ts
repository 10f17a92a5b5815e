import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchClassifier, classifyTime, deriveTime, MODEL_FOLDER, preprocessTime, reorientTimes } from './compute.ts';
import { batchRows } from './provider-rates.ts';
import { BATCHES } from './provider-rates-process.ts';
import { circumstances, keepReport, type Row, table } from './report.ts';
import { SERIES, seriesListRows } from './series-list.ts';
import { INSTANCES, type SeriesTemplate, seriesTemplate } from './series-template.ts';
import { wayRows } from './way-rows.ts';

const PARTS = ['reorient', 'derive', 'preprocess', 'classify', 'batches', 'way', 'list'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `Usage: npm run bench -- [--only PART,…] [--relays NAME,…] [--sizes 256,512] [--rounds N] [--program FILE]
  --only     of ${PARTS.join(', ')}; default all
  --relays   of node, orthanc, dcmtk; default all
  --rounds   how often each series is sent; default 4, after one that does not count
  --program  main module of another build of the node`;

const options = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    relays: { type: 'string', default: 'node,orthanc,dcmtk' },
    sizes: { type: 'string', default: '256,512' },
    rounds: { type: 'string', default: '4' },
    program: { type: 'string', default: fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
}).values;

async function bench(): Promise<void> {
  const started = { ...circumstances(), instances: INSTANCES };
  const sizes = options.sizes.split(',').map(Number);
  const templates = sizes.map(seriesTemplate);
  const wayOptions = {
    relays: options.relays.split(','),
    rounds: Number(options.rounds),
    program: resolve(options.program),
  };
  const rows = [...(await computeRows(templates)), ...(wanted('way') ? await wayRows(templates, wayOptions) : [])];
  console.log(
    `${INSTANCES} instances a series, code 110, TCP_NODELAY=1 on both sides; load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (rows.length > 0) console.log(table(rows, new Map(sizes.map((size) => [size, `${size}²`]))));
  const batches = wanted('batches') ? await batchRows(MODEL_FOLDER) : { rows: [], failures: {}, remark: '' };
  if (wanted('batches')) {
    console.log(`\n${table(batches.rows, new Map(BATCHES.map((batch) => [batch, `batch ${batch}`])))}`);
    console.log(batches.remark);
  }
  const list = wanted('list') ? await seriesListRows() : [];
  if (list.length > 0) console.log(`\n${table(list, new Map([[SERIES, `${SERIES} series`]]))}`);
  const about = { ...started, loadAverageAfter: loadavg(), providerFailures: batches.failures };
  console.log(`Kept in ${await keepReport({ rows: [...rows, ...batches.rows, ...list], about })}`);
}

function wanted(part: Part): boolean {
  return options.only.split(',').includes(part);
}

async function computeRows(templates: readonly SeriesTemplate[]): Promise<Row[]> {
  const rows: Row[] = [];
  if (wanted('reorient')) {
    const bySize = await forEach(templates, reorientTimes);
    for (const code of bySize.values().next().value?.keys() ?? []) {
      const ofCode = new Map([...bySize].map(([size, times]) => [size, times.get(code)!]));
      rows.push({ what: `reorient a frame of code ${code}`, unit: 'ms', bySize: ofCode });
    }
  }
  if (wanted('derive')) {
    rows.push({ what: 'derive an instance, with its proof', unit: 'ms', bySize: await forEach(templates, deriveTime) });
  }
  if (wanted('preprocess')) {
    rows.push({ what: 'preprocess a picture', unit: 'ms', bySize: await forEach(templates, preprocessTime) });
  }
  if (wanted('classify')) {
    const classifier = await benchClassifier();
    const bySize = await forEach(templates, (template) => classifyTime(template, classifier));
    await classifier.close();
    rows.push({ what: 'classify a slice, all in all, one thread', unit: 'ms', bySize });
  }
  return rows;
}

async function forEach<T>(
  templates: readonly SeriesTemplate[],
  measure: (template: SeriesTemplate) => Promise<T>,
): Promise<Map<number, T>> {
  const results = new Map<number, T>();
  for (const template of templates) results.set(template.size, await measure(template));
  return results;
}

if (options.help) console.log(USAGE);
else await bench();
