import { ORIENTATION_CODES, type OrientationCode } from '../../core/orientation/d4.ts';
import { Dialog } from '../parts/dialog.tsx';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { CODE_WORDS } from '../words.ts';

interface ChooseCodeProps {
  readonly onChoice: (code: OrientationCode) => void;
  readonly onClose: () => void;
}

/** What do the pictures show? The eight answers. */
export function ChooseCode({ onChoice, onClose }: ChooseCodeProps) {
  return (
    <Dialog title="What do the pictures show?" onClose={onClose}>
      <p>As they were received: what was done to the standard picture. All selected series are turned by the same.</p>
      <div class="code-choices">
        {ORIENTATION_CODES.map((code) => (
          <button key={code} type="button" onClick={() => onChoice(code)}>
            <OrientationGlyph code={code} size={44} />
            <span>
              <span class="mono">{code}</span> {CODE_WORDS[code]}
            </span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}
