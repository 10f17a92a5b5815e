import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

const PEERS = '[{ aeTitle: MR1, host: mr1.example.org, port: 104 }]';
const ASKED = `[{ name: pacs, type: dimse, host: pacs.example.org, port: 104, calledAeTitle: PACS, default: true,
  storageCommitment: { request: true } }]`;

function faultsOf(env: Readonly<Record<string, string>>): string {
  try {
    loadConfig({ env });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the configuration of storage commitment', () => {
  it('asks nobody and answers nobody unless the site says so', () => {
    const env = { CMR_NODE_DESTINATIONS: ASKED.replace(/,\s+storageCommitment: \{[^}]*\}/, '') };
    const { dimse, destinations } = loadConfig({ env });
    expect(dimse).toMatchObject({ commitment: 'refuse', peers: [] });
    expect(destinations[0]).toMatchObject({ storageCommitment: { request: false } });
  });

  it('promises scanners no more than it can hold: their addresses, and an archive that is asked', () => {
    const relay = { CMR_NODE_DIMSE_COMMITMENT: 'relay', CMR_NODE_DIMSE_PEERS: PEERS };
    expect(faultsOf({ ...relay, CMR_NODE_DESTINATIONS: ASKED })).toBe('');
    expect(faultsOf(relay)).toContain('dimse.commitment: needs a destination with default: true that is asked');
    expect(faultsOf({ ...relay, CMR_NODE_DIMSE_COMMITMENT: 'after-delivery' })).toBe('');
    expect(faultsOf({ CMR_NODE_DIMSE_COMMITMENT: 'after-delivery' })).toContain('needs dimse.peers');
  });

  it('has one address for each scanner, and whole pairs of key and certificate', () => {
    const twice = '[{ aeTitle: A, host: h, port: 1 }, { aeTitle: A, host: h, port: 2, tls: { keyFile: k } }]';
    const faults = faultsOf({ CMR_NODE_DIMSE_PEERS: twice });
    expect(faults).toMatch(/dimse\.peers\S*aeTitle: is used twice/);
    expect(faults).toMatch(/dimse\.peers\S*tls: must have both keyFile and certFile/);
  });
});
