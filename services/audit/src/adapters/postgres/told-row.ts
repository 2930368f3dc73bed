import type { Told } from '../../domain/told.js'

/** Told in the form in which it waits: JSON. */
export const toldAsJson = (told: Told): string => JSON.stringify(told)

/** What waited, as it was. */
export const toldOf = (json: unknown): Told => {
  const told = json as Omit<Told, 'at'> & { at: string }
  return { ...told, at: new Date(told.at) }
}
