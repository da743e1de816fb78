// The one place that knows how much the place is worth where something is kept: what lies on one machine binds nobody on
// another, and whoever shows or counts it says so.

/** The table's name that stands for the store of this machine. */
export const localTable = 'local'

/** Whether DynamoDB takes it as the name of a table (API_CreateTable, TableName). */
export const isTableName = (text: string): boolean => /^[a-zA-Z0-9_.-]{3,255}$/.test(text)

/** What is known of the place where things are kept. */
export type Place = {
  /** Absent where others see the same. */
  readonly advisory: 'this machine only' | undefined
}

/** What is known of a table by its name. */
export const placeOf = (table: string): Place => ({
  advisory: table === localTable ? 'this machine only' : undefined,
})

/** What stands for people under everything that is shown of a place; nothing where others see the same. */
export const placeText = ({ advisory }: Place): string => (advisory === undefined ? '' : `(${advisory})\n`)
