// Judges WorkerGroups, as the operator writes them, by the code that Argo CD and Flux judge by: the Lua of
// docs/workergroup.md in the interpreter that Argo CD uses (gopher-lua), and kstatus, which Flux, kpt and others use.
//
//	go run . DIRECTORY [PAGE]
//
// Each file of the directory is one WorkerGroup in JSON; its name begins with what is expected: healthy-, progressing-
// or degraded-. PAGE is the page with the Lua. Ends with 1 where anything is judged otherwise.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

var argo = map[string]string{"healthy": "Healthy", "progressing": "Progressing", "degraded": "Degraded"}
var flux = map[string]status.Status{
	"healthy": status.CurrentStatus, "progressing": status.InProgressStatus, "degraded": status.FailedStatus,
}

func main() {
	page := "../../docs/workergroup.md"
	if len(os.Args) > 2 {
		page = os.Args[2]
	}
	script, err := luaOf(page)
	fail(err)
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.json"))
	fail(err)
	wrong := len(files) == 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		fail(err)
		var object unstructured.Unstructured
		fail(object.UnmarshalJSON(text))
		expected, _, _ := strings.Cut(filepath.Base(file), "-")
		byArgo, err := judge(script, object.Object)
		fail(err)
		byFlux, err := status.Compute(&object)
		fail(err)
		right := byArgo == argo[expected] && byFlux.Status == flux[expected]
		wrong = wrong || !right
		fmt.Printf("%-40s Argo CD: %-12s kstatus: %-12s %v\n", filepath.Base(file), byArgo, byFlux.Status, right)
	}
	if wrong {
		os.Exit(1)
	}
}

// The indented block of the page that begins with hs and ends with return hs.
func luaOf(page string) (string, error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return "", err
	}
	from := strings.Index(string(text), "    hs = {")
	if from < 0 {
		return "", fmt.Errorf("%s has no health check", page)
	}
	to := strings.Index(string(text)[from:], "    return hs")
	if to < 0 {
		return "", fmt.Errorf("the health check of %s has no end", page)
	}
	return string(text)[from : from+to+len("    return hs")], nil
}

// As Argo CD does it: the object is the global obj, and the script returns a table.
func judge(script string, object map[string]interface{}) (string, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString,
	} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), NRet: 0, Protect: true}, lua.LString(name)); err != nil {
			return "", err
		}
	}
	state.SetGlobal("obj", value(state, object))
	if err := state.DoString(script); err != nil {
		return "", err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", fmt.Errorf("the health check returned no table")
	}
	return table.RawGetString("status").String(), nil
}

func value(state *lua.LState, of interface{}) lua.LValue {
	switch it := of.(type) {
	case bool:
		return lua.LBool(it)
	case int64:
		return lua.LNumber(it)
	case float64:
		return lua.LNumber(it)
	case string:
		return lua.LString(it)
	case []interface{}:
		list := state.NewTable()
		for _, each := range it {
			list.Append(value(state, each))
		}
		return list
	case map[string]interface{}:
		table := state.NewTable()
		for key, each := range it {
			table.RawSetString(key, value(state, each))
		}
		return table
	}
	return lua.LNil
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
