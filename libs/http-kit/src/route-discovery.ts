import 'reflect-metadata'
import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common'
import { METHOD_METADATA, MODULE_METADATA } from '@nestjs/common/constants.js'
import { ModulesContainer } from '@nestjs/core'
import { specOf } from './route.decorator.js'
import type { RouteSpec } from './route.js'

function* handlersOf(controller: Type): Generator<[name: string, handler: object]> {
  for (
    let prototype = controller.prototype as object;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && typeof value === 'function') yield [name, value as object]
    }
  }
}

/** Routes of controllers, in the order in which they are written. */
export const routesOf = (...controllers: readonly Type[]): RouteSpec[] =>
  controllers.flatMap((controller) => [...handlersOf(controller)].flatMap(([, handler]) => specOf(handler) ?? []))

/** Controllers of a module and of all that it imports. */
export function controllersOf(module: Type, seen = new Set<unknown>()): Type[] {
  if (seen.has(module)) return []
  seen.add(module)
  const own = (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as Type[]
  const imports = (Reflect.getMetadata(MODULE_METADATA.IMPORTS, module) ?? []) as Array<Type | DynamicModule>
  return [
    ...own,
    ...imports.flatMap((imported) =>
      typeof imported === 'function'
        ? controllersOf(imported, seen)
        : [...(imported.controllers ?? []), ...controllersOf(imported.module, seen)],
    ),
  ]
}

/** Refuses an application in which something is served over HTTP that no route tells about. */
export function refuseUnguarded(app: INestApplicationContext): void {
  const unguarded: string[] = []
  for (const module of app.get(ModulesContainer, { strict: false }).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue
      for (const [name, handler] of handlersOf(metatype as Type)) {
        if (Reflect.hasMetadata(METHOD_METADATA, handler) && specOf(handler) === undefined) {
          unguarded.push(`${metatype.name}.${name}`)
        }
      }
    }
  }
  if (unguarded.length > 0) {
    throw new Error(`served over HTTP without @Route, so that nobody said who may call it: ${unguarded.join(', ')}`)
  }
}
