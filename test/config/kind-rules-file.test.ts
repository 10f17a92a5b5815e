import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadKindRules } from '../../src/config/kind-rules-file.ts';
import { sequenceKind } from '../../src/core/series/kind-rules.ts';

const defaults = readFileSync(new URL('../../config/sequence-kinds.yaml', import.meta.url), 'utf8');

describe('the file of sequence kind rules', () => {
  it('puts the rules of a site before the defaults, and lets them use the words of the defaults', () => {
    const site =
      "rules: [{ name: our-function, kind: cine, when: { label: ['^fkt'] }, unless: { label: ['@longAxis'] } }]";
    const rules = loadKindRules(defaults, site);
    expect(sequenceKind({ modality: 'MR', seriesDescription: 'Fkt KA' }, rules)).toEqual({
      kind: 'cine',
      rule: 'our-function',
    });
    expect(sequenceKind({ modality: 'MR', seriesDescription: 'Fkt 4ch' }, rules).kind).toBe('other');
  });

  it('reports all faults at once, each with its path', () => {
    const faulty = `rules:
      - { name: a, kind: perfusion, when: { label: [x] } }
      - { name: b, kind: cine, when: { colour: [x] } }
      - { name: c, kind: cine, when: { echoTime: { min: 9, max: 1 } } }
      - { name: d, kind: cine }`;
    const load = () => loadKindRules(faulty);
    for (const fault of [
      /rules\.0\.kind/,
      /rules\.1\.when.*colour/,
      /rules\.2\.when\.echoTime.*min is greater/,
      /rules\.3/,
    ]) {
      expect(load).toThrow(fault);
    }
  });

  it('reports patterns that are none, words that nobody defined and names used twice', () => {
    const faulty = `rules:
      - { name: a, kind: cine, when: { label: ['(sax'] } }
      - { name: a, kind: cine, unless: { label: ['@nobody'] }, when: { label: [x] } }`;
    const load = () => loadKindRules(faulty);
    expect(load).toThrow(/rules\.0\.when\.label\.0/);
    expect(load).toThrow(/rules\.1\.unless\.label\.0: no words are named @nobody/);
    expect(load).toThrow(/two rules are named "a"/);
  });

  it('reports text that is not YAML and a file without rules', () => {
    expect(() => loadKindRules('rules: [')).toThrow(expect.objectContaining({ code: 'configuration-invalid' }));
    expect(() => loadKindRules('')).toThrow(expect.objectContaining({ code: 'configuration-invalid' }));
    expect(() => loadKindRules(defaults, 'rulez: []')).toThrow(/site rules/);
  });
});
