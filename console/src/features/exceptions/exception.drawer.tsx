export function ExceptionDrawer() {
  return null
}
