import type { Overview } from '../../api/overview.ts';
import { Link } from '../navigation.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { type ListQuery, listAddress } from '../series-list/series-filter.ts';
import { count } from '../words.ts';

interface ScannerTableProps {
  readonly scanners: Overview['scanners'];
  readonly since: string;
}

const COLUMNS = [
  { name: 'Received', of: 'received', filter: {} },
  { name: 'Turned', of: 'turned', filter: { decision: 'standardize' } },
  { name: 'Would be turned', of: 'wouldTurn', filter: { decision: 'standardize', flag: 'observe' } },
  { name: 'Left alone', of: 'leftAlone', filter: { decision: 'pass-through' } },
  { name: 'Need a person', of: 'needReview', filter: { review: 'needed' } },
  { name: 'Held', of: 'held', filter: { decision: 'hold-for-review' } },
  { name: 'Reviewed', of: 'reviewed', filter: { review: 'done' } },
] as const satisfies readonly { name: string; of: keyof Overview['counts']; filter: ListQuery }[];

/** What came from each scanner, by kind of sequence; every number leads to its series. */
export function ScannerTable({ scanners, since }: ScannerTableProps) {
  const observes = scanners.some(({ wouldTurn }) => wouldTurn > 0);
  const columns = COLUMNS.filter(({ of }) => of !== 'wouldTurn' || observes);
  return (
    <ScrollBox label="By scanner and kind">
      <table>
        <thead>
          <tr>
            <th scope="col">Scanner</th>
            <th scope="col">Station</th>
            <th scope="col">Kind</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scanners.map((scanner) => {
            const { callingAeTitle, stationName, kind } = scanner;
            const these: ListQuery = {
              from: since,
              scanner: callingAeTitle,
              ...(stationName === null ? {} : { station: stationName }),
              ...(kind === null ? {} : { kind }),
            };
            return (
              <tr key={`${callingAeTitle}\\${stationName}\\${kind}`}>
                <th scope="row">
                  <GivenText text={callingAeTitle} />
                </th>
                <td>
                  <GivenText text={stationName} />
                </td>
                <td>{kind ?? <span class="soft">not yet known</span>}</td>
                {columns.map(({ name, of, filter }) => (
                  <td key={name} class="number">
                    {scanner[of] === 0 ? (
                      <span class="soft">0</span>
                    ) : (
                      <Link to={listAddress({ ...these, ...filter })}>{count(scanner[of])}</Link>
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}
