import { render } from 'preact';
import { App } from './app.tsx';
import { watchInput } from './client.ts';
import { SessionProvider } from './session.tsx';
import { applyTheme, chosenTheme } from './theme.ts';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/controls.css';
import './style/tables.css';
import './style/dialogs.css';
import './style/series-list.css';
import './style/overview.css';
import './style/batches.css';

applyTheme(chosenTheme());
watchInput(window);
render(
  <SessionProvider>
    <App />
  </SessionProvider>,
  document.getElementById('page')!,
);
