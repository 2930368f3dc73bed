import {
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  Drawer,
  type MantineColorsTuple,
  Modal,
  Table,
  Tooltip,
} from '@mantine/core'

const iris: MantineColorsTuple = [
  '#eff2fc',
  '#dde3f8',
  '#bac6ef',
  '#98a9e8',
  '#7d92e2',
  '#657dd9',
  '#4f67cf',
  '#4054b8',
  '#37499f',
  '#2d3c85',
]

const dark: MantineColorsTuple = [
  '#e3e4ea',
  '#c2c5cf',
  '#9a9eac',
  '#71758a',
  '#41444f',
  '#343741',
  '#262830',
  '#1a1c22',
  '#15171c',
  '#0f1014',
]

/** The darkest shade, which text on a light ground of that colour has, is too light for WCAG AA in some of Mantine's colours. */
const darker = (name: 'teal' | 'yellow' | 'orange' | 'red' | 'blue', darkest: string): MantineColorsTuple => {
  const [a, b, c, d, e, f, g, h, i] = DEFAULT_THEME.colors[name]
  return [a, b, c, d, e, f, g, h, i, darkest]
}

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    iris,
    dark,
    teal: darker('teal', '#05604a'),
    yellow: darker('yellow', '#7a4a00'),
    orange: darker('orange', '#9a3408'),
    red: darker('red', '#a61e1e'),
    blue: darker('blue', '#14508f'),
  },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  defaultRadius: 'sm',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1.0625rem' }, h3: { fontSize: '0.9375rem' } },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // A word cut off tells nothing: what stands beside it gives way.
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500, miw: 'max-content' } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', overlayProps: { backgroundOpacity: 0.2 }, transitionProps: { duration: 120 } },
    }),
    Modal: Modal.extend({ defaultProps: { centered: true, transitionProps: { duration: 100 } } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6 } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false } }),
  },
})

/** Mantine's greys for secondary text are below the contrast that WCAG AA asks for; these are above it. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--page-padding': 'clamp(12px, 2vw, 24px)' },
  light: {
    '--mantine-color-dimmed': '#596070',
    '--mantine-color-placeholder': '#6a7180',
    '--mantine-color-error': '#c22525',
    '--mantine-color-text': '#1b1d24',
    '--surface': '#fbfbfc',
    '--line': '#e4e6ea',
    '--row-hover': '#f4f5f9',
    '--row-active': '#e9edfb',
  },
  dark: {
    '--mantine-color-dimmed': '#9a9eac',
    '--mantine-color-placeholder': '#8e92a2',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-text': '#e0e1e7',
    '--surface': '#15171c',
    '--line': '#2c2e37',
    '--row-hover': '#20222a',
    '--row-active': '#252a3d',
  },
})
