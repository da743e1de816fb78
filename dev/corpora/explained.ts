// What is known of public policy libraries: which of their cases cannot pass and why, and which of them keep to the
// canonical style. Names of files and reasons only; nothing of the libraries themselves lies in this repository.

/** A case that cannot pass here, by the end of its path. */
export type Explained = { readonly path: RegExp; readonly reason: string }

/** hashicorp/terraform-sentinel-policies and hashicorp/vault-guides. */
export const explained: readonly Explained[] = [
  {
    path: /(^|\/)cloud-agnostic\/http-examples\/test\/[^/]+\/[^/]+$/,
    reason: 'the policy asks servers of the internet',
  },
  {
    path: /(^|\/)aws\/test\/(enforce_s3_encryption|restrict_s3_acl)\/[^/]+$/,
    reason: 'names modules that are not in the repository',
  },
  {
    path: /(^|\/)governance\/sentinel\/test\/businesshours-policy\/success\.json$/,
    reason: 'passes in business hours only, and the clock stands outside of them',
  },
  {
    path: /(^|\/)governance\/sentinel\/test\/prevent-kv-v1-engines\/fail-Sales-SE-no-version\.json$/,
    reason: 'expects what an engine did before 0.18.3',
  },
]

/** Why a case cannot pass, if it is known. */
export const reasonFor = (path: string, known: readonly Explained[] = explained): string | undefined =>
  known.find((one) => one.path.test(path))?.reason

/** Libraries whose own checks hold every file to the canonical style, by the name of their folder. */
export const isCanonical = (name: string): boolean => /^policy-library-/.test(name)
