package flywheel

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"flywheel/loadtest"
	"flywheel/scenarios"
)

// manifest is what the test wants to know of an object of Kubernetes.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Data       map[string]string
	Spec       struct {
		Replicas int
		Selector struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		Template *struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Containers []struct {
					Name, Image string
					Args        []string
					Env         []struct {
						Name      string
						ValueFrom struct {
							SecretKeyRef struct{ Name, Key string } `yaml:"secretKeyRef"`
						} `yaml:"valueFrom"`
					}
					VolumeMounts []struct{ Name, MountPath string } `yaml:"volumeMounts"`
				}
				Volumes []struct {
					Name      string
					ConfigMap struct{ Name string } `yaml:"configMap"`
					Secret    struct {
						SecretName string `yaml:"secretName"`
					}
					PersistentVolumeClaim struct {
						ClaimName string `yaml:"claimName"`
					} `yaml:"persistentVolumeClaim"`
				}
			}
		}
		VolumeClaimTemplates []struct{ Metadata struct{ Name string } } `yaml:"volumeClaimTemplates"`
	}
}

// TestManifestsHoldTogether: every manifest can be read, what it mounts is there, and what it selects it has made;
// and docs/cluster.md names every file and every secret.
func TestManifestsHoldTogether(t *testing.T) {
	page, err := os.ReadFile("docs/cluster.md")
	require.NoError(t, err)
	paths, err := filepath.Glob("deploy/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	made := map[string]bool{}
	flags := flagsOfProgram(t)
	var all []manifest
	for _, path := range paths {
		require.Contains(t, string(page), path)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for documents := yaml.NewDecoder(bytes.NewReader(content)); ; {
			var m manifest
			err := documents.Decode(&m)
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, path)
			require.NotEmpty(t, m.APIVersion, path)
			require.NotEmpty(t, m.Kind, path)
			require.NotEmpty(t, m.Metadata.Name, path)
			made[m.Kind+" "+m.Metadata.Name] = true
			all = append(all, m)
		}
	}
	for _, m := range all {
		if m.Spec.Template == nil {
			continue
		}
		for label, value := range m.Spec.Selector.MatchLabels {
			require.Equal(t, value, m.Spec.Template.Metadata.Labels[label], "%s selects pods that it does not make", m.Metadata.Name)
		}
		volumes := map[string]bool{}
		for _, v := range m.Spec.VolumeClaimTemplates {
			volumes[v.Metadata.Name] = true
		}
		for _, v := range m.Spec.Template.Spec.Volumes {
			volumes[v.Name] = true
			switch {
			case v.ConfigMap.Name != "":
				require.True(t, made["ConfigMap "+v.ConfigMap.Name], v.Name)
			case v.PersistentVolumeClaim.ClaimName != "":
				require.True(t, made["PersistentVolumeClaim "+v.PersistentVolumeClaim.ClaimName], v.Name)
			default:
				require.Contains(t, string(page), "create secret generic "+v.Secret.SecretName+" ")
			}
		}
		for _, c := range m.Spec.Template.Spec.Containers {
			for _, mount := range c.VolumeMounts {
				require.True(t, volumes[mount.Name], "%s mounts %s, which is not there", m.Metadata.Name, mount.Name)
			}
			if strings.HasPrefix(c.Image, "flywheel:") {
				require.Contains(t, string(page), c.Image)
				require.Contains(t, []string{"worker", "sweep", "load"}, c.Args[0])
				require.Subset(t, flags, flagsOf(c.Args), m.Metadata.Name)
			}
			for _, e := range c.Env {
				require.Contains(t, string(page), "create secret generic "+e.ValueFrom.SecretKeyRef.Name+" ")
			}
		}
	}
}

// flagsOf are the flags among arguments.
func flagsOf(args []string) []string {
	var list []string
	for _, a := range args {
		if name, is := strings.CutPrefix(a, "--"); is {
			list = append(list, name)
		}
	}
	return list
}

// flagsOfProgram are the names of all flags that the program's source declares.
func flagsOfProgram(t *testing.T) []string {
	var list []string
	paths, err := filepath.Glob("cmd/flywheel/*.go")
	require.NoError(t, err)
	declared := regexp.MustCompile(`Var\([^,]+, "([a-z-]+)"`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			list = append(list, string(m[1]))
		}
	}
	require.Contains(t, list, "nats")
	return list
}

// TestTheDeployedLoadCanBePressed: the plan is sound, its host is allowed by the lead and by the workers, there are as many
// workers as the lead waits for, and they have the variables that the plan names.
func TestTheDeployedLoadCanBePressed(t *testing.T) {
	read := func(path string) (all []manifest) {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for documents := yaml.NewDecoder(bytes.NewReader(content)); ; {
			var m manifest
			if err := documents.Decode(&m); errors.Is(err, io.EOF) {
				return all
			}
			all = append(all, m)
		}
	}
	load, workers := read("deploy/load.yaml"), read("deploy/workers.yaml")
	p, err := scenarios.ReadPlan("friday.yaml", []byte(load[0].Data["friday.yaml"]), scenarios.PlanOptions{})
	require.NoError(t, err)
	after := func(args []string, flag string) string { return args[slices.Index(args, flag)+1] }
	lead, hand := load[1].Spec.Template.Spec.Containers[0], workers[0].Spec.Template.Spec.Containers[0]
	for _, args := range [][]string{lead.Args, hand.Args} {
		require.NoError(t, loadtest.Allowed(*p, []string{after(args, "--i-may-press")}))
	}
	require.Equal(t, strconv.Itoa(workers[0].Spec.Replicas), after(lead.Args, "--workers"))
	require.Empty(t, p.MissingVariables(func(name string) bool {
		for _, e := range hand.Env {
			if e.Name == name {
				return true
			}
		}
		return false
	}))
}
