import { describe, expect, it } from 'vitest'
import { type Severity, severityOf, severityOfScore, severityWord, worseSeverity } from './severity.js'

describe("any scanner's word for a severity", () => {
  it.each<[string, Severity]>([
    ['CRITICAL', 'critical'],
    ['Fatal', 'critical'],
    ['High', 'high'],
    ['Important', 'high'],
    ['error', 'high'],
    ['MODERATE', 'medium'],
    ['Medium', 'medium'],
    ['warning', 'medium'],
    ['Low', 'low'],
    ['Negligible', 'low'],
    ['note', 'low'],
    ['info', 'none'],
    ['Informational', 'none'],
    ['none', 'none'],
    [' severity_high ', 'high'],
    ['Very-High', 'critical'],
    ['Unknown', 'unknown'],
    ['UNTRIAGED', 'unknown'],
    ['', 'unknown'],
    ['constructor', 'unknown'],
  ])('%j is %s', (word, severity) => {
    expect(severityWord(word)).toBe(severity)
  })

  it('is unknown where there is none', () => {
    expect(severityWord(undefined)).toBe('unknown')
  })
})

describe('the rating of a score', () => {
  it.each<[number, Severity]>([
    [0, 'none'],
    [0.1, 'low'],
    [3.9, 'low'],
    [4, 'medium'],
    [6.9, 'medium'],
    [7, 'high'],
    [8.9, 'high'],
    [9, 'critical'],
    [10, 'critical'],
    [10.1, 'unknown'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('%d is %s', (score, severity) => {
    expect(severityOfScore(score)).toBe(severity)
  })

  it('counts only where the scanner has no word that is known', () => {
    expect(severityOf('low', 9.8)).toBe('low')
    expect(severityOf('Unknown', 9.8)).toBe('critical')
    expect(severityOf(undefined, 5)).toBe('medium')
    expect(severityOf(undefined, undefined)).toBe('unknown')
  })
})

it('the worse of two severities wins, and anything known over unknown', () => {
  expect(worseSeverity('low', 'high')).toBe('high')
  expect(worseSeverity('unknown', 'none')).toBe('none')
})
