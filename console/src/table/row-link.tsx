import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import classes from './data-table.module.css'

interface RowLinkProps {
  /** Where the row's details are; the list beside them stays as it is. */
  to: string
  children: string
}

/** What a row is called, as the way to its details. Drawn with every step of scrolling, so no more than a link. */
export const RowLink = memo(({ to, children }: RowLinkProps) => (
  <Link to={to} search={true as never} className={`mantine-focus-auto ${classes.opens}`} title={children}>
    {children}
  </Link>
))
