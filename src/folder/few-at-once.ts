/** Files that are worked on at the same time: the disk is busy with one while the next is computed. */
const AT_ONCE = 4;

/**
 * Does some work for every item, a few at a time. After a failure nothing more is begun; the first failure is thrown
 * when everything that was begun has ended.
 */
export async function fewAtOnce<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    try {
      while (next < items.length) {
        const index = next++;
        await work(items[index] as Item, index);
      }
    } catch (error) {
      next = items.length;
      throw error;
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = workers.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
