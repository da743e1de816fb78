import type { Command } from '../../command.ts'
import { operatorGenerateRoot, operatorRekey, operatorRotateKeys } from './attempts.ts'
import { auditDisable, auditEnable, auditList } from './audit.ts'
import { list, patch, pathHelp, printToken, read, remove, unwrap, write } from './generic.ts'
import {
  kvDelete,
  kvDestroy,
  kvEnableVersioning,
  kvGet,
  kvList,
  kvPatch,
  kvPut,
  kvRollback,
  kvUndelete,
} from './kv.ts'
import { kvMetadataDelete, kvMetadataGet, kvMetadataPatch, kvMetadataPut } from './kv-metadata.ts'
import { leaseLookup, leaseRenew, leaseRevoke } from './lease.ts'
import { login } from './login.ts'
import { authCommands, secretsCommands } from './mounts.ts'
import { operatorInit, operatorKeyStatus, operatorRotate, operatorSeal, operatorUnseal } from './operator.ts'
import { policyDelete, policyFmt, policyList, policyRead, policyWrite } from './policy.ts'
import { status } from './status.ts'
import { tokenCapabilities, tokenCreate, tokenLookup, tokenRenew, tokenRevoke } from './token.ts'

/** Vault's verbs, in the order of the help. */
export const vaultCommands: readonly Command[] = [
  ...[read, write, patch, list, remove, login, unwrap, status, pathHelp, printToken],
  ...[kvGet, kvPut, kvPatch, kvList, kvDelete, kvUndelete, kvDestroy, kvRollback, kvEnableVersioning],
  ...[kvMetadataGet, kvMetadataPut, kvMetadataPatch, kvMetadataDelete],
  ...[policyList, policyRead, policyWrite, policyDelete, policyFmt],
  ...[tokenCreate, tokenLookup, tokenRenew, tokenRevoke, tokenCapabilities],
  ...[
    operatorInit,
    operatorUnseal,
    operatorSeal,
    operatorRekey,
    operatorRotateKeys,
    operatorRotate,
    operatorKeyStatus,
  ],
  ...[operatorGenerateRoot, ...secretsCommands, ...authCommands],
  ...[auditList, auditEnable, auditDisable, leaseLookup, leaseRenew, leaseRevoke],
]
