import type { ExceptionChange } from '../../api/schemas.js'

/** A change of an exception in one sentence. */
export function changeText({ type, actor, step, handedTo, evidenceIds }: ExceptionChange): string {
  const who = actor?.name ?? 'The system'
  const which = step === undefined ? '' : ` step ${step + 1}`
  switch (type) {
    case 'submitted':
      return `${who} requested it`
    case 'stepApproved':
      return `${who} approved${which}`
    case 'handedOver':
      return `${who} handed${which} over to ${handedTo?.name ?? 'somebody else'}`
    case 'activated':
      return actor === null ? 'It became active' : `It became active with the approval of ${who}`
    case 'denied':
      return `${who} denied it`
    case 'withdrawn':
      return `${who} withdrew it`
    case 'lapsed':
      return 'It lapsed: its end passed while it waited'
    case 'expired':
      return 'It expired'
    case 'deactivated':
      return `${who} deactivated it`
    case 'evidenceAdded': {
      const files = evidenceIds?.length ?? 1
      return `${who} added ${files === 1 ? 'a file' : `${files} files`} of evidence`
    }
    default:
      // A newer server may tell of more than this page knows.
      return `${who}: ${String(type)}`
  }
}
