/**
 * For what is edited: it stays as it was when it was opened, also where the live stream tells of a change, so that nothing half-written
 * goes away under the hand. Saving tells if somebody else was quicker. Only its own `refetch` reads it again.
 */
export const AS_OPENED = { staleTime: 'static', gcTime: 0 } as const
