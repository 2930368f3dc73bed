import { useQuery } from '@tanstack/react-query'
import { Fragment, type ReactNode } from 'react'
import { AS_OPENED } from '../../api/as-opened.js'
import type { Kind } from '../../api/keys.js'
import { AwaitedDrawer } from '../../drawer/awaited-drawer.js'
import { SETTINGS_SIZE } from './settings-drawer.js'

interface OpenedDrawerProps<T> {
  kind: Kind
  /** Null: a new one, for which there is nothing to read. */
  id: string | null
  /** What it is called until it is there. */
  title: string
  read: (id: string, signal: AbortSignal) => Promise<{ data: T; etag: string }>
  size?: number
  onClose: () => void
  /** Its form: of what was read, and of the ETag that a change has to name. */
  children: (opened: T | null, etag: string) => ReactNode
}

/** Reads one setting as it is now, and lets it be edited. */
export function OpenedDrawer<T>(props: OpenedDrawerProps<T>) {
  const { kind, id, title, read, size = SETTINGS_SIZE, onClose, children } = props
  const { data, error, refetch } = useQuery({
    queryKey: [kind, 'opened', id],
    queryFn: ({ signal }) => read(id ?? '', signal),
    enabled: id !== null,
    ...AS_OPENED,
  })
  if (id !== null && data === undefined)
    return <AwaitedDrawer title={title} size={size} error={error} retry={() => void refetch()} onClose={onClose} />
  return <Fragment key={data?.etag ?? 'new'}>{children(data?.data ?? null, data?.etag ?? '')}</Fragment>
}
