import { Skeleton } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Suspense } from 'react'
import { NotFoundPage } from '../../feedback/not-found.page.js'
import { useMe } from '../../session/me.js'
import { sectionsFor } from './sections.js'

/** The part of the settings that the address names. */
export function SettingsSection() {
  const me = useMe()
  const { section } = useParams({ from: '/settings/$section' })
  const found = sectionsFor(me.permissions).find(({ id }) => id === section)
  if (found === undefined) return <NotFoundPage />
  const Part = found.component
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <Part key={section} />
    </Suspense>
  )
}
