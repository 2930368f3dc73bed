import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, ask, newIdempotencyKey } from '../../api/client.js'
import type { Exception, Page, WaitingRequest } from '../../api/schemas.js'
import { exceptionById, waitingForMe } from './exception-queries.js'

export interface Decision {
  exceptionId: string
  decision: 'approve' | 'deny'
  comment: string
  /** The step that the person sees before them: a decision meant for another one is refused. */
  step?: number
}

/** Sends a decision. */
export function decide({ exceptionId, decision, comment, step }: Decision) {
  return ask(
    api.POST('/approvals/{exceptionId}/decision', {
      params: { path: { exceptionId }, header: { 'idempotency-key': newIdempotencyKey() } },
      body: {
        decision,
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
        ...(step === undefined ? {} : { step }),
      },
    }),
  )
}

/** Decides one request, and shows at once what the answer says; the rest follows by itself. */
export function useDecide() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: decide,
    onSuccess: ({ steps, status, waitingFor, currentStep }, { exceptionId }) => {
      client.setQueryData<Exception>(exceptionById(exceptionId).queryKey, (before) => {
        if (before === undefined) return before
        const decided = before.approval.steps.map((step) => ({
          ...step,
          ...steps.find(({ index }) => index === step.index),
        }))
        return { ...before, status, waitingFor, approval: { ...before.approval, currentStep, steps: decided } }
      })
      client.setQueryData<Page<WaitingRequest>>(waitingForMe.queryKey, (before) => {
        if (before === undefined || !before.items.some((item) => item.exceptionId === exceptionId)) return before
        const items = before.items.filter((item) => item.exceptionId !== exceptionId)
        return { ...before, items, count: { ...before.count, value: before.count.value - 1 } }
      })
    },
    // Somebody was quicker, or it ended: what is there now is shown.
    onError: (_error, { exceptionId }) => {
      void client.invalidateQueries({ queryKey: exceptionById(exceptionId).queryKey })
      void client.invalidateQueries({ queryKey: waitingForMe.queryKey })
    },
  })
}
