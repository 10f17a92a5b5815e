/** The destination that exists where a site names none. */
export const EMBEDDED_ARCHIVE_NAME = 'embedded-archive';
