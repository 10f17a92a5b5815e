import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Advisory, acceptedAdvisories, judgeAudit } from './audit-policy.ts';

/** Known weaknesses of what is shipped. Exit code 1 for one that is high or critical and that nobody accepted. */
const list = acceptedAdvisories.parse(JSON.parse(readFileSync(new URL('accepted.json', import.meta.url), 'utf8')));
const asked = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
const { stdout } = spawnSync('npm', asked, { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
const verdict = judgeAudit(stdout ?? '', list, new Date().toISOString().slice(0, 10));

if (!verdict.known) {
  console.log(`Dependencies were not audited: the registry gave no answer (${verdict.why}).`);
} else {
  tell('Refused', verdict.refused);
  tell('Accepted for now', verdict.accepted);
  tell('Lesser', verdict.lesser);
  for (const { advisory, until } of verdict.stale)
    console.log(`No longer accepted, or no longer there: ${advisory} (${until})`);
  console.log(`${verdict.refused.length} advisories against what is shipped.`);
  process.exitCode = verdict.refused.length > 0 ? 1 : 0;
}

function tell(what: string, advisories: readonly Advisory[]): void {
  for (const { id, package: name, severity, title } of advisories) {
    console.log(`${what}: ${name}, ${severity}: ${title} (${id})`);
  }
}
