/** A case that waits longer than this is shown in amber. */
export const LONG_WAIT_DAYS = 7
