import { type DicomJson, hexadecimalTag } from '../core/attributes/dicom-json.ts';
import { NodeError } from '../core/errors.ts';
import {
  keptAttributes,
  REQUEST_ATTRIBUTES,
  REQUEST_ITEM_ATTRIBUTES,
  SEARCH_LEVELS,
} from '../core/search/search-attributes.ts';
import type { DataSet } from '../part10/data-set.ts';
import { dicomJsonElement } from '../part10/dicom-json.ts';
import { readStoredDataSet } from '../part10/stored-data-set.ts';
import type { CatalogueEntry, CatalogueValues } from '../store/catalogue.ts';
import type { RetainedRecord } from '../store/retained.ts';
import type { RetainedFile } from './ports.ts';

const KEPT_TAGS = SEARCH_LEVELS.flatMap(keptAttributes).map(({ tag }) => tag);
const REQUEST_TAGS = REQUEST_ITEM_ATTRIBUTES.map(({ tag }) => tag);
/** Attributes that a search asks about are short; a longer value is none, and would only make the catalogue large. */
const GREATEST_VALUE_LENGTH = 4096;
const MOST_REQUESTS = 16;

/** What the catalogue says of a retained instance; of a header that cannot be read, its UIDs alone. */
export async function catalogueEntry(record: RetainedRecord, file: RetainedFile): Promise<CatalogueEntry> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, instanceId, resultId } = record;
  const values = await valuesOf(record, file);
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, instanceId, resultId, values };
}

async function valuesOf({ transferSyntaxUid }: RetainedRecord, file: RetainedFile): Promise<CatalogueValues> {
  try {
    const { dataSet } = await readStoredDataSet(file, transferSyntaxUid);
    const requests = dataSet.items(REQUEST_ATTRIBUTES).slice(0, MOST_REQUESTS);
    const items = requests.map((item) => elementsOf(item, REQUEST_TAGS));
    return {
      ...valuesIn(elementsOf(dataSet, KEPT_TAGS)),
      ...(items.length === 0 ? {} : { [hexadecimalTag(REQUEST_ATTRIBUTES)]: items }),
    };
  } catch (error) {
    if (error instanceof NodeError && error.code !== 'storage-failed') return {};
    throw error;
  }
}

function elementsOf(dataSet: DataSet, tags: readonly number[]): DicomJson {
  const elements = tags.flatMap((tag) => {
    const short = (dataSet.bytes(tag)?.length ?? 0) <= GREATEST_VALUE_LENGTH;
    const element = short ? dicomJsonElement(dataSet, tag) : undefined;
    return element === undefined ? [] : [[hexadecimalTag(tag), element] as const];
  });
  return Object.fromEntries(elements);
}

function valuesIn(elements: DicomJson): CatalogueValues {
  return Object.fromEntries(Object.entries(elements).map(([tag, { Value = [] }]) => [tag, Value]));
}
