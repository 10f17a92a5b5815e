import type { NodeContext } from '../app/node-context.ts';
import type { Config } from '../config/config-schema.ts';
import type { SignInEvent } from '../http/sign-in/events.ts';
import { createSignIn, type SignIn } from '../http/sign-in/sign-in.ts';
import { type AuditEntry, appendAudit } from '../store/audit.ts';
import { PRODUCT_NAME, SOFTWARE_VERSION } from '../version.ts';

/** Sign-in as the configuration says, with the audit trail behind it. */
export function nodeSignIn(
  { http, mode, routing }: Config,
  { db, log, now, classifier }: Pick<NodeContext, 'db' | 'log' | 'now' | 'classifier'>,
): SignIn {
  const isEverywhere = routing.every((rule) => (rule.mode ?? mode) === mode);
  return createSignIn({
    auth: http.auth,
    publicUrl: http.publicUrl,
    limits: http.limits,
    product: {
      name: PRODUCT_NAME,
      version: SOFTWARE_VERSION,
      inside: () => {
        const { name, version, usage = null } = classifier.model;
        return { model: `${name} ${version}`, usage, mode: isEverywhere ? mode : null };
      },
    },
    onEvent: (event) => db.transaction(async (tx) => void (await appendAudit(tx, [entryOf(event, now())]))),
    log,
    now,
  });
}

function entryOf(event: SignInEvent, at: number): AuditEntry {
  switch (event.event) {
    case 'sign-in': {
      const { asker, by, address, subject } = event;
      const detail = { by, role: asker.role, address, ...(subject === undefined ? {} : { providerSubject: subject }) };
      return { at, event: event.event, actor: asker.name, subject: {}, detail };
    }
    case 'sign-out':
      return { at, event: event.event, actor: event.asker.name, subject: {}, detail: { address: event.address } };
    case 'sign-in-failed': {
      const { user, by, why, address } = event;
      return { at, event: event.event, actor: user ?? 'unknown', subject: {}, detail: { by, why, address } };
    }
  }
}
