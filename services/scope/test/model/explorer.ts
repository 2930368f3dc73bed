/** A system to explore: small states, and every step that can be taken from each. */
export interface System<State> {
  readonly initial: State
  /** Every state that one step leads to, under the step's name. */
  next(state: State): Iterable<readonly [step: string, state: State]>
  /** The same text for the same state, another one for any other. */
  encode(state: State): string
  /** What must never be, if this state is it. */
  violation(state: State): string | null
  /** What is wrong with a state from which no step leads on, if anything is. */
  atEnd(state: State): string | null
}

export interface Exploration {
  readonly states: number
  /** The first thing that must never be, and a shortest way to it; null where there is none. */
  readonly found: { readonly violation: string; readonly trace: readonly string[] } | null
}

/**
 * Visits every state that can be reached, nearest first, so that what is found is found by as few steps as can be.
 * @throws RangeError beyond `most` states: an exploration that was cut short would prove nothing
 */
export function explore<State>(system: System<State>, most: number): Exploration {
  const seen = new Set<string>([system.encode(system.initial)])
  // By the order in which states were found: how each was reached.
  const parents: number[] = [-1]
  const steps: string[] = ['']
  const trace = (index: number): string[] => {
    const way: string[] = []
    for (let at = index; at > 0; at = parents[at] ?? 0) way.push(steps[at] ?? '')
    return way.reverse()
  }
  const first = system.violation(system.initial)
  if (first !== null) return { states: 1, found: { violation: first, trace: [] } }
  let layer: { state: State; index: number }[] = [{ state: system.initial, index: 0 }]
  while (layer.length > 0) {
    const next: typeof layer = []
    for (const { state, index } of layer) {
      let goesOn = false
      for (const [step, reached] of system.next(state)) {
        goesOn = true
        const code = system.encode(reached)
        if (seen.has(code)) continue
        seen.add(code)
        parents.push(index)
        steps.push(step)
        const violation = system.violation(reached)
        if (violation !== null) return { states: seen.size, found: { violation, trace: trace(seen.size - 1) } }
        if (seen.size > most) throw new RangeError(`more than ${most} states`)
        next.push({ state: reached, index: seen.size - 1 })
      }
      const wrong = goesOn ? null : system.atEnd(state)
      if (wrong !== null) return { states: seen.size, found: { violation: wrong, trace: trace(index) } }
    }
    layer = next
  }
  return { states: seen.size, found: null }
}
