/** What people ask exceptions for, most often; any other word is possible. */
export const USE_CASES = [
  'technicalLimitation',
  'unacceptableBusinessImpact',
  'compensatingControl',
  'falsePositive',
  'noFixAvailable',
  'plannedDecommission',
] as const

/** `technicalLimitation` as people read it: Technical limitation. */
export const wordOfUseCase = (useCase: string): string => {
  if (!/^[a-z]+(?:[A-Z][a-z]*)*$/.test(useCase)) return useCase
  const words = useCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
