/** What lies where in the standard picture, seen from the apex: a drawing to compare with, not a measurement. */
export function StandardOverlay() {
  return (
    <svg
      class="overlay"
      viewBox="0 0 200 200"
      role="img"
      aria-label="The standard picture: right ventricle on the left, anterior wall at the top, diaphragm at the bottom"
    >
      <circle cx="104" cy="101" r="29" />
      <circle cx="104" cy="101" r="19" />
      <path d="M 84 76 C 52 68, 42 112, 72 130 C 78 133, 86 130, 89 126" />
      <text x="104" y="103">
        LV
      </text>
      <text x="62" y="103">
        RV
      </text>
      <text x="100" y="30">
        anterior, chest wall
      </text>
      <text x="160" y="103">
        lateral
      </text>
      <text x="100" y="172">
        inferior, diaphragm, liver
      </text>
      <text x="100" y="180" class="overlay-small">
        standard picture, seen from the apex
      </text>
    </svg>
  );
}
