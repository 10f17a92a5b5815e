/** One of a closed list, as the node and as people name it. */
export interface Choice {
  readonly value: string;
  readonly name: string;
}
