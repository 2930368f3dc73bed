/** Where there is nothing to show. @param means for those who do not see it: `unknown` */
export const Dash = ({ means }: { means: string }) => (
  // No Text: there are many of them in every table, and all that it has to be is faint.
  <span className="dimmed" role="img" aria-label={means}>
    –
  </span>
)
