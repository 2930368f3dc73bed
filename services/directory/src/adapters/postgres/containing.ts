/** A LIKE pattern for texts that contain this one, whose own signs mean themselves. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
