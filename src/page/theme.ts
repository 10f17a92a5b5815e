/** Dark, because reading rooms are; who sits at a window chooses. */
export const THEMES = ['dark', 'light', 'as the system'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'theme';
const prefersLight = matchMedia('(prefers-color-scheme: light)');

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? 'dark';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  applyTheme(theme);
}

export function applyTheme(theme: Theme): void {
  const light = theme === 'light' || (theme === 'as the system' && prefersLight.matches);
  document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
}

prefersLight.addEventListener('change', () => applyTheme(chosenTheme()));
