import { useState } from 'preact/hooks';
import type { SignInOrder } from '../../api/session.ts';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { useSession } from '../session.tsx';
import { rememberPlace } from './way-back.ts';

/** The ways in that the node offers. Shown at the address that was asked for, so that signing in leads there. */
export function SignIn() {
  const { session, signIn } = useSession();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  if (session === undefined) return null;
  const { password, token, oidc, oidcName } = session.methods;

  const enter = async (order: SignInOrder) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(order);
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setBusy(false);
  };
  return (
    <div class="sign-in">
      <h1>Sign in</h1>
      {problem !== undefined && <Notice problem={problem} />}
      {oidc !== null && (
        <a class="button main" href={oidc} onClick={rememberPlace}>
          Sign in with {oidcName ?? 'the account of the site'}
        </a>
      )}
      {password && (
        <form onSubmit={submitted((fields) => enter({ user: fields('user'), password: fields('password') }))}>
          <label>
            User
            <input name="user" autocomplete="username" required maxLength={64} />
          </label>
          <label>
            Password
            <input name="password" type="password" autocomplete="current-password" required maxLength={1024} />
          </label>
          <button type="submit" class="main" disabled={busy}>
            Sign in
          </button>
        </form>
      )}
      {token && (
        <form onSubmit={submitted((fields) => enter({ token: fields('token') }))}>
          <label>
            Token
            <input name="token" type="password" autocomplete="off" required maxLength={1024} />
          </label>
          <p class="hint">The node printed a one-time token when it started, unless its configuration names others.</p>
          <button type="submit" class={password ? '' : 'main'} disabled={busy}>
            Sign in with the token
          </button>
        </form>
      )}
    </div>
  );
}

/** A form's submission as a reader of its fields. */
function submitted(enter: (fields: (name: string) => string) => Promise<void>) {
  return (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    void enter((name) => String(data.get(name) ?? '').trim());
  };
}
