/** What lies where in the standard picture, seen from the apex: a drawing to compare with, not a measurement. */
export function StandardOverlay() {
  return (
    <svg
      class="overlay"
      viewBox="0 0 200 200"
      role="img"
      aria-label="The standard picture: right ventricle on the left, anterior wall at the top, diaphragm at the bottom"
    >
      <circle cx="112" cy="102" r="30" />
      <circle cx="112" cy="102" r="19" />
      <path d="M 90 78 C 62 62, 40 84, 46 112 C 50 132, 76 140, 94 128 C 84 112, 82 94, 90 78 Z" />
      <text x="112" y="105">
        LV
      </text>
      <text x="66" y="106">
        RV
      </text>
      <text x="100" y="26">
        anterior · chest wall
      </text>
      <text x="100" y="182">
        inferior · diaphragm, liver
      </text>
      <text x="176" y="105" class="overlay-small">
        lateral
      </text>
      <text x="100" y="192" class="overlay-small">
        seen from the apex: the standard picture
      </text>
    </svg>
  );
}
