import type { UseFormReturnType } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { newIdempotencyKey } from '../../api/client.js'
import type { Kind } from '../../api/keys.js'
import { formFaults } from '../../api/problem.js'
import { done } from '../../feedback/toast.js'

interface SaveOptions<Values, Answer> {
  form: UseFormReturnType<Values>
  /** Fields that a fault can be shown at. */
  fields: readonly string[]
  /** Pointers of the API whose field has another name in the form. */
  aliases?: Readonly<Record<string, string>>
  mayWrite?: boolean
  send: (values: Values, header: { 'idempotency-key': string }) => Promise<Answer>
  /** What is said once it is saved; null: nothing. */
  message: string | null
  /** What shows it, and is read again. */
  kind: Kind
  onSaved: (answer: Answer) => void
}

/**
 * Sends a setting's form, and shows what is refused at the field it belongs to.
 * @returns `drawer` for `SettingsDrawer`, and what it was refused with
 */
export function useSave<Values, Answer>(options: SaveOptions<Values, Answer>) {
  const { form, fields, aliases = {}, mayWrite = true, send, message, kind, onSaved } = options
  const client = useQueryClient()
  const { mutate, error, isPending } = useMutation({
    mutationFn: (values: Values) => send(values, { 'idempotency-key': newIdempotencyKey() }),
    onSuccess: (answer) => {
      if (message !== null) done(message)
      void client.invalidateQueries({ queryKey: [kind] })
      onSaved(answer)
    },
    onError: (refusal) => form.setErrors(formFaults(refusal, fields, aliases).fields),
  })
  return {
    error,
    drawer: {
      onSubmit: mayWrite ? form.onSubmit((values) => mutate(values)) : undefined,
      saving: isPending,
      fault: error === null ? null : formFaults(error, fields, aliases).rest,
    },
  }
}
