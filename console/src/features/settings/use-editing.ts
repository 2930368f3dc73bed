import { useNavigate, useSearch } from '@tanstack/react-router'

/** Which thing of the section is open; it is in the address. */
export function useEditing() {
  const { edit } = useSearch({ from: '/settings/$section' })
  const navigate = useNavigate()
  return {
    /** `new`, an id, or undefined where none is open. */
    edit,
    open: (id: string) => void navigate({ to: '.', search: ((before: object) => ({ ...before, edit: id })) as never }),
    close: () => void navigate({ to: '.', search: (({ edit: _, ...rest }: { edit?: unknown }) => rest) as never }),
  }
}
