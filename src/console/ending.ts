export const endings = ['signed-out', 'refused', 'gone', 'idle', 'stopped', 'crashed', 'lost'] as const;
/** Why a session ended; `lost`: the process that ran it has ended. */
export type Ending = (typeof endings)[number];
