import type { Count } from '../api/schemas.js'

const figures = new Intl.NumberFormat('en')

/** `1,234`, or `10,000+` where counting stopped. */
export const countText = ({ value, exact }: Count): string => `${figures.format(value)}${exact ? '' : '+'}`

/** `1,234` */
export const numberText = (value: number): string => figures.format(value)

/** `1 instance`, `1,234 instances` */
export const countOf = (count: Count | number, one: string, many = `${one}s`): string => {
  const { value, exact } = typeof count === 'number' ? { value: count, exact: true } : count
  return `${countText({ value, exact })} ${value === 1 && exact ? one : many}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** `1.5 MiB` */
export function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}
