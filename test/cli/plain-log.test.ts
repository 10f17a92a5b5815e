import { expect, test } from 'vitest';
import { plainLog, tellsProviders } from '../../src/cli/plain-log.ts';
import { loadConfig } from '../../src/config/load-config.ts';

function told(providers: boolean): string {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  const log = plainLog(write, { providers });
  log.info('classifier-ready');
  log.warn('classifier-provider-skipped', { provider: 'cuda', reason: 'no library' });
  log.warn('classifier-ended', { reason: 'signal SIGKILL' });
  return text;
}

test('a skipped execution provider is told in words where that is asked for, and not at all elsewhere', () => {
  expect(told(true)).toBe(
    'The execution provider cuda is not used: no library\nclassifier-ended reason="signal SIGKILL"\n',
  );
  expect(told(false)).toBe('classifier-ended reason="signal SIGKILL"\n');
});

test('what a model may be used for is told in words', () => {
  const lines: string[] = [];
  plainLog((line) => lines.push(line), { providers: false }).warn('model-restricted', {
    model: 'm',
    usage: 'teaching only',
  });
  expect(lines).toEqual(['The model m is for teaching only.\n']);
});

test('skipped providers are told with --verbose, and where a site named its own', () => {
  const usual = loadConfig({ env: {} });
  const own = loadConfig({ env: { CMR_NODE_INFERENCE_EXECUTION_PROVIDERS: '[webgpu, cpu]' } });
  expect([tellsProviders(usual, undefined), tellsProviders(usual, true), tellsProviders(own, false)]).toEqual([
    { providers: false },
    { providers: true },
    { providers: true },
  ]);
});
