// For mutation testing: the unit tests of what is mutated, alone.
import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

const { projects: _, ...test } = base.test ?? {}

export default mergeConfig(
  { ...base, test },
  defineConfig({
    test: {
      include: [
        'libs/auth/src/can.unit.spec.ts',
        'services/exceptions/src/domain/*.unit.spec.ts',
        'services/approvals/src/domain/*.unit.spec.ts',
      ],
    },
  }),
)
