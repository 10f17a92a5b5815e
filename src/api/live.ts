import { z } from 'zod';

/** What may have changed. A page that shows it asks again. */
export const LIVE_TOPICS = ['series', 'decisions', 'reviews', 'deliveries', 'batches'] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** The data of a server-sent event `changed` of `/api/v1/events`. */
export const liveChange = z.object({ topics: z.array(z.enum(LIVE_TOPICS)) });
export type LiveChange = z.infer<typeof liveChange>;
