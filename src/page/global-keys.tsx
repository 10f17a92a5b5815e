import { useState } from 'preact/hooks';
import { type KeyGroup, keysNow, useKeys } from './keys.ts';
import { navigate } from './navigation.tsx';
import { Dialog } from './parts/dialog.tsx';

/** Keys that work in every view, and the dialog that tells which ones there are. */
export function GlobalKeys() {
  const [told, setTold] = useState<readonly KeyGroup[]>();
  useKeys('Everywhere', [
    { keys: '?', does: 'Tells the keys', run: () => setTold(keysNow()) },
    { keys: 'g o', does: 'To the overview', run: () => navigate('/') },
    { keys: 'g s', does: 'To the series', run: () => navigate('/series') },
    { keys: 'g b', does: 'To the batches', run: () => navigate('/batches') },
    { keys: 'g d', does: 'To delivery', run: () => navigate('/delivery') },
    { keys: 'g a', does: 'To the audit trail', run: () => navigate('/audit') },
    { keys: '/', does: 'To the search field', run: focusSearch },
  ]);
  if (told === undefined) return null;
  return (
    <Dialog title="Keys" onClose={() => setTold(undefined)}>
      {told.map(({ name, bindings }) => (
        <section key={name}>
          <h3>{name}</h3>
          <dl class="keys">
            {bindings.map(({ keys, does }) => (
              <div key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key === '' ? 'Space' : key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

/** The search field of the view, or, where it has none, of the series list. */
function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
  if (field === null) navigate('/series');
  else field.select();
}
